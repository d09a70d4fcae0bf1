"""The tests of Matrícula, by kind: unit, contracts, integration, interfaces, architecture and more."""
