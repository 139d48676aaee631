"""`python -m dashboard`: the board of one workspace; `firetower run` starts it as its child."""

import argparse
from pathlib import Path

from dashboard import logs


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(
        prog="python -m dashboard",
        description="Serve the board of a workspace.",
        epilog="Example: python -m dashboard --workspace ./workspace --port 8501",
    )
    parser.add_argument("--workspace", type=Path, default=Path("workspace"), help="folder with firetower.db")
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: this machine only)"
    )
    parser.add_argument("--port", type=int, default=8501)
    arguments = parser.parse_args()
    logs.set_up()
    from dashboard.server import serve  # Streamlit's loggers are made when it is imported

    serve(arguments.workspace, arguments.host, arguments.port)


if __name__ == "__main__":
    main()
