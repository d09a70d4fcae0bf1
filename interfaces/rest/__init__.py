"""The REST adapter: the use cases as resources over HTTP. It knows the application, and no driven adapter."""
