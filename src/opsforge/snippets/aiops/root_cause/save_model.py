# /// script
# dependencies = ["scikit-learn"]
#
# [tool.opsforge]
# tags = ["模型交付", "joblib"]
# label.en = "Save a model with its metrics"
# label.zh = "保存模型与评估指标"
# description.en = "Writes the model with metrics, versions and checksum; loads it back checked."
# description.zh = "保存模型及其指标、依赖版本和校验和，加载时进行校验。"
# ///
import hashlib
import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import joblib
from sklearn.ensemble import IsolationForest

PACKAGES = ("numpy", "scikit-learn")


def save_model(model, folder, metrics, **notes):
    """Write model.joblib and model.json; the latter says all that a reader must know."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    joblib.dump(model, folder / "model.joblib", compress=3)
    card = {
        "model": type(model).__name__,
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": hashlib.sha256((folder / "model.joblib").read_bytes()).hexdigest(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "metrics": metrics,
        **notes,
    }
    text = json.dumps(card, ensure_ascii=False, indent=2)
    (folder / "model.json").write_text(text, encoding="utf-8")
    return card


def load_model(folder):
    """The model and its card. Load only what you trust: a model file can run code."""
    folder = Path(folder)
    card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    content = (folder / "model.joblib").read_bytes()
    if hashlib.sha256(content).hexdigest() != card["sha256"]:
        raise ValueError("model.joblib is not the file that model.json describes")
    return joblib.load(folder / "model.joblib"), card


# 合成数据 (synthetic data): a forest fitted to ten points.
fitted = IsolationForest(n_estimators=10, random_state=0).fit([[n] for n in range(10)])
card = save_model(fitted, "models/demo", metrics={"f1": 0.91}, data="demo", owner="我")
print(json.dumps(card, ensure_ascii=False, indent=2))
