#!/usr/bin/env python3
"""Writes tests/metrics/data/: inputs with the answers of scikit-learn and NumPy, which metrics/ must give to 1e-6.

    scripts/make_metrics_fixtures.py

Needs scikit-learn, which nothing else here does:
    python3 -m venv /tmp/sk && /tmp/sk/bin/pip install scikit-learn && /tmp/sk/bin/python scripts/make_metrics_fixtures.py
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, cohen_kappa_score, roc_auc_score
from sklearn.preprocessing import StandardScaler

DATA = Path(__file__).resolve().parent.parent / "tests" / "metrics" / "data"


def logistic_case(name, seed, samples, features, C, separable=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, features)).round(3) * ([1, 10, 0.1] * features)[:features]
    signal = x[:, 0] + 0.5 + (0 if separable else rng.normal(size=samples))
    labels = (signal > 0).astype(int)
    scaled = StandardScaler().fit_transform(x)
    model = LogisticRegression(C=C, solver="newton-cholesky", tol=1e-13, max_iter=10_000).fit(scaled, labels)
    logits = model.decision_function(scaled)
    return {"name": name, "C": C, "x": x.round(6).tolist(), "labels": labels.tolist(),
            "weights": model.coef_[0].tolist(), "intercept": float(model.intercept_[0]), "logits": logits.tolist()}


def logistic():
    return [logistic_case("more samples than features", 1, 30, 3, 1.0),
            logistic_case("weak penalty, separable", 2, 24, 2, 100.0, separable=True),
            logistic_case("strong penalty", 3, 25, 5, 1e-3),
            logistic_case("more features than samples", 4, 10, 14, 0.5)]


def classification():
    rng = np.random.default_rng(5)
    labels = rng.integers(0, 2, 40)
    scores = (labels + 2 * rng.normal(size=40)).round(0)  # with ties
    answers = (scores > 0).astype(int)
    return {"labels": labels.tolist(), "scores": scores.tolist(), "answers": answers.tolist(),
            "accuracy": accuracy_score(labels, answers), "auc": roc_auc_score(labels, scores),
            "kappa": cohen_kappa_score(labels, answers)}


def quantiles():
    values = np.random.default_rng(6).normal(size=17).round(4)
    shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1]
    return {"values": values.tolist(), "shares": shares, "quantiles": np.quantile(values, shares).tolist()}


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    source = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; scripts/make_metrics_fixtures.py"
    for name, content in {"logistic": {"cases": logistic()}, "classification": classification(),
                          "quantiles": quantiles()}.items():
        (DATA / f"{name}.json").write_text(json.dumps({"source": source, **content}) + "\n")


if __name__ == "__main__":
    main()
