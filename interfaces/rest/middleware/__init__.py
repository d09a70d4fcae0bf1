"""What happens to every request, whatever it asks for: plain ASGI, in no need of FastAPI."""
