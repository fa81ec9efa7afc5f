# Sphinx's settings of the site that `./dev site` builds. No page asks for anything from the network.
import os
import warnings

project = "tapegrad"
author = "the authors of tapegrad"
copyright = author
version = release = os.environ.get("TAPEGRAD_VERSION", "")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_heading_anchors = 4
highlight_language = "text"

html_theme = "furo"
html_title = f"tapegrad {release}".strip()
html_static_path = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}
# "loss-curve" for "loss curve" helps nobody who writes code.
smartquotes = False

warnings.filterwarnings("ignore", category=DeprecationWarning)

