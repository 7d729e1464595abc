#!/usr/bin/env python3
"""Fits with scikit-learn and tells how long it took.

Reads lines from stdin, answers each with one line on stdout:
  {"fit": "none"}                         answer: {"version": "..."}, or {"error": "..."} without scikit-learn
  {"fit": "ridge", "folder": F, "alphas": [...], "folds": [fold of each sample] or []}
  {"fit": "pls", "folder": F, "components": k, "tolerance": t}
                                          answer: {"cpu_seconds": s}
x.npy and y.npy lie in the folder; coefficients.npy [features, targets] is written there. Without folds ridge leaves one
sample out. Threads are those of the environment.
"""

import json
import sys
import time
from pathlib import Path

try:
    import numpy as np
    import sklearn
    from sklearn.cross_decomposition import PLSRegression
    from sklearn.linear_model import RidgeCV
except ImportError:
    print(json.dumps({"error": "scikit-learn not installed"}), flush=True)
    sys.exit(0)


def model_of(request):
    if request["fit"] == "pls":
        return PLSRegression(request["components"], scale=False, tol=request["tolerance"], max_iter=1_000_000)
    folds = np.array(request["folds"])
    splits = [(np.flatnonzero(folds != f), np.flatnonzero(folds == f)) for f in np.unique(folds)]
    return RidgeCV(alphas=request["alphas"], cv=splits or None)


def fit(request):
    folder = Path(request["folder"])
    x, y = np.load(folder / "x.npy"), np.load(folder / "y.npy")
    model = model_of(request)
    start = time.process_time()
    model.fit(x, y)
    seconds = time.process_time() - start
    np.save(folder / "coefficients.npy", np.ascontiguousarray(model.coef_.T))
    return {"cpu_seconds": seconds}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        answer = {"version": sklearn.__version__} if request["fit"] == "none" else fit(request)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
