"""Reading the instances of the International Timetabling Competition 2019."""
