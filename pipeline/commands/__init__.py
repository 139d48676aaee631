"""The commands, a file a topic; importing one puts its commands into the application."""
