# /// script
# dependencies = ["matplotlib"]
#
# [tool.opsforge]
# tags = ["绘图", "中文字体"]
# label.en = "Chinese font and plot theme"
# label.zh = "中文字体与绘图主题"
# description.en = "Sets a font with Chinese characters and a quiet theme for all plots."
# description.zh = "为当前内核的所有图形设置中文字体和简洁的绘图主题。"
# ///
import matplotlib.pyplot as plt
from opsforge_notebook import use_plot_theme

font = use_plot_theme()
plt.rcParams["figure.figsize"] = (10, 4)  # Whatever you want to be different.
print("中文字体:", font or "未找到 — install fonts-noto-cjk")
