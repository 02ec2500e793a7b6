# /// script
# dependencies = ["drain3-improved", "pandas"]
#
# [tool.opsforge]
# tags = ["日志聚类", "Drain"]
# label.en = "Drain log templates"
# label.zh = "Drain 日志模板"
# description.en = "Mines templates from log lines and returns the template of each line."
# description.zh = "从日志中挖掘模板，并给出每行日志所属的模板。"
# ///
import pandas as pd
from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

MASKS = [
    (r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b", "IP"),
    (r"\b[0-9a-f]{8,}\b", "HEX"),
    (r"(?<![A-Za-z])[-+]?\d+(?:\.\d+)?", "NUM"),
]


def mine_templates(lines, similarity=0.5, depth=4):
    """Template of each line, and the templates with their counts."""
    config = TemplateMinerConfig()
    config.drain_sim_th, config.drain_depth = similarity, depth
    config.masking_instructions = [MaskingInstruction(*mask) for mask in MASKS]
    miner = TemplateMiner(config=config)
    ids = [miner.add_log_message(line)["cluster_id"] for line in lines]
    # A template grows more general while lines come in, so it is looked up at the end.
    templates = {cluster.cluster_id: cluster.get_template() for cluster in miner.drain.clusters}
    parsed = pd.DataFrame(
        {"line": list(lines), "template_id": ids, "template": [templates[i] for i in ids]}
    )
    return parsed, parsed.value_counts(["template_id", "template"]).reset_index()


# 合成数据 (synthetic data).
log_lines = [
    *(f"connection from 10.0.0.{n} closed after {n * 7} ms" for n in range(20)),
    *(f"user u{n} logged in" for n in range(10)),
    "disk /dev/sda1 is full",
]
parsed, counts = mine_templates(log_lines)
print(counts)
