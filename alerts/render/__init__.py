"""Pages as people read them: e-mail (HTML and text), chat, and short text for a phone."""

from alerts.render.writer import Renderer

__all__ = ["Renderer"]
