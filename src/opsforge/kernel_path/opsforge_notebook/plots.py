"""Plots that can show Chinese, on every machine."""

import importlib.util
from pathlib import Path

_SHIPPED = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
"""Package and file of Noto Sans SC (SIL Open Font Licence), a dependency of the platform."""

_INSTALLED = (
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",  # The name by which matplotlib knows Debian's fonts-noto-cjk.
    "Source Han Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Microsoft YaHei",
    "PingFang SC",
    "SimHei",
)


def use_plot_theme() -> str | None:
    """Set a quiet theme and a font with Chinese characters for all plots of this kernel.

    Returns:
        The font's name; None when there is neither the shipped font nor one of the machine.
    """
    import matplotlib.pyplot as plt  # noqa: PLC0415 - only when something is drawn.

    font = _find_font()
    plt.rcParams.update(
        {
            "font.family": [font, "DejaVu Sans"] if font else ["DejaVu Sans"],
            "axes.unicode_minus": False,  # Some Chinese fonts have no minus sign.
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.spines.right": False,
            "axes.spines.top": False,
            "axes.titlelocation": "left",
            "figure.constrained_layout.use": True,
            "figure.dpi": 110,
            "figure.figsize": (10, 4),
            "grid.alpha": 0.3,
            "legend.frameon": False,
        }
    )
    return font


def _find_font() -> str | None:
    from matplotlib import font_manager  # noqa: PLC0415 - the same.

    package, file = _SHIPPED
    found = importlib.util.find_spec(package)
    if found is not None and found.origin is not None:
        path = Path(found.origin).with_name(file)
        if path.exists():
            font_manager.fontManager.addfont(path)
            return font_manager.FontProperties(fname=path).get_name()
    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in _INSTALLED if name in installed), None)
