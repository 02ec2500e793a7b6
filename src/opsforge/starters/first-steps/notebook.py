# %% [markdown] lang="en"
# # {project}
#
# Five minutes in which you run cells, look at a table, draw a plot, and read data of the platform.
#
# A notebook is a row of cells. Click into one and press **Shift+Enter**: it runs, and the next one
# is chosen. **Run ▸ Run All Cells** runs them all.

# %% [markdown] lang="zh-CN"
# # {project}
#
# 用五分钟运行单元格、查看表格、绘制图形，并读取平台上的数据。
#
# 笔记本由一个个单元格组成。单击单元格并按 **Shift+Enter** 即可运行，并自动选中下一个。
# 也可以用 **运行 ▸ 运行所有单元格** 一次运行全部。

# %%
print("«Hello, this is your own Python.|你好，这里是你自己的 Python。»")

# %% [markdown] lang="en"
# ## 1 · Tables
#
# `numpy`, `pandas`, `scikit-learn`, `statsmodels` and `matplotlib` are there already. What else you
# need, `%pip install` brings into your own environment. The last line of a cell is shown.

# %% [markdown] lang="zh-CN"
# ## 1 · 表格
#
# 环境中已有 `numpy`、`pandas`、`scikit-learn`、`statsmodels` 和 `matplotlib`，其他包可用
# `%pip install` 安装到你自己的环境。单元格最后一行的值会显示出来。

# %%
import numpy as np
import pandas as pd

random = np.random.default_rng(0)
# «Synthetic data (合成数据)|合成数据»
load = pd.DataFrame(
    {"cpu": random.normal(45, 8, 96), "memory": random.normal(60, 3, 96)},
    index=pd.date_range("2026-09-01", periods=96, freq="15min", name="time"),
)
load.describe().round(1)

# %% [markdown] lang="en"
# ## 2 · Plots
#
# `use_plot_theme` sets a quiet theme and a font that has Chinese characters.

# %% [markdown] lang="zh-CN"
# ## 2 · 绘图
#
# `use_plot_theme` 设置简洁的绘图主题和中文字体。

# %%
import matplotlib.pyplot as plt
from opsforge_notebook import list_datasets, list_files, read, use_plot_theme

use_plot_theme()
axes = load.plot(title="«A day of a server|一台服务器的一天»")
axes.set(xlabel="«time|时间»", ylabel="%")
plt.show()

# %% [markdown] lang="en"
# ## 3 · Data of the platform
#
# Data sets that are linked to this project lie in `input`, read-only. This project was made with
# `example-kpi` linked; link others on the project's page, and they are there at once.

# %% [markdown] lang="zh-CN"
# ## 3 · 平台上的数据
#
# 关联到本项目的数据集位于只读目录 `input` 中。本项目创建时已关联 `example-kpi`；
# 在项目页面关联其他数据集后，可以立即在这里读取。

# %%
print(list_datasets())
print(list_files("example-kpi"))

# %% [markdown] lang="en"
# One line reads it (`read("data set/file.csv")` when a data set has several files):

# %% [markdown] lang="zh-CN"
# 一行代码即可读取（数据集有多个文件时，写成 `read("数据集/文件.csv")`）：

# %%
kpi = read("example-kpi", parse_dates=["timestamp"], index_col="timestamp")
kpi["latency_ms"].plot(
    title="«Latency of a service (synthetic data)|服务响应延迟（合成数据）»", linewidth=0.6
)
plt.ylabel("ms")
plt.show()
figures = {"rows": len(kpi), "anomalous": int(kpi["is_anomaly"].sum())}
figures
