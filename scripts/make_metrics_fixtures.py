#!/usr/bin/env python3
"""Writes tests/metrics/data/: inputs with the answers of scikit-learn, SciPy and NumPy, which metrics/ must give to 1e-6.

    scripts/make_metrics_fixtures.py

Needs scikit-learn, which nothing else here does:
    python3 -m venv /tmp/sk && /tmp/sk/bin/pip install scikit-learn && /tmp/sk/bin/python scripts/make_metrics_fixtures.py
"""

import json
from pathlib import Path

import numpy as np
import scipy.stats
import sklearn
from scipy.spatial.distance import pdist
from sklearn.cross_decomposition import PLSRegression
from sklearn.decomposition import PCA, FactorAnalysis, IncrementalPCA
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge, RidgeCV
from sklearn.metrics import accuracy_score, cohen_kappa_score, r2_score, roc_auc_score
from sklearn.model_selection import GroupKFold, GroupShuffleSplit, KFold, ShuffleSplit
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


def correlation_case(seed, samples, ties):
    rng = np.random.default_rng(seed)
    z = rng.normal(size=samples)
    x, y = (z + rng.normal(size=(2, samples))).round(1 if ties else 4)
    rest = [values - np.polyval(np.polyfit(z, values, 1), z) for values in (x, y)]
    return {"x": x.tolist(), "y": y.tolist(), "z": z.tolist(), "ranks": scipy.stats.rankdata(x).tolist(),
            "pearson": scipy.stats.pearsonr(x, y).statistic, "spearman": scipy.stats.spearmanr(x, y).statistic,
            "r2": r2_score(x, y), "partial": scipy.stats.pearsonr(*rest).statistic}


def correlation():
    return {"cases": [correlation_case(7, 12, False), correlation_case(8, 40, True)]}


def gram(x, centred):
    x = x - x.mean(0)
    k = x @ x.T
    return k if centred else k - np.diag(np.diag(k))


def hsic_unbiased(k, l):
    """Song et al. 2012, equation 4, of Gram matrices with zero diagonals."""
    n, ones = len(k), np.ones(len(k))
    return (np.trace(k @ l) + (ones @ k @ ones) * (ones @ l @ ones) / ((n - 1) * (n - 2))
            - 2 / (n - 2) * (ones @ k @ l @ ones)) / (n * (n - 3))


def representation():
    rng = np.random.default_rng(9)
    x, z = rng.normal(size=(12, 5)).round(4), rng.normal(size=(12, 2)).round(4)
    y = (x[:, :3] + rng.normal(size=(12, 3))).round(4)
    a, b, c = (pdist(m) for m in (x, y, z))
    rest = [values - np.polyval(np.polyfit(c, values, 1), c) for values in (a, b)]
    k, l = gram(x, True), gram(y, True)
    u, v = gram(x, False), gram(y, False)
    return {"x": x.tolist(), "y": y.tolist(), "z": z.tolist(), "euclidean": a.tolist(),
            "correlation": pdist(x, "correlation").tolist(), "pearson": scipy.stats.pearsonr(a, b).statistic,
            "spearman": scipy.stats.spearmanr(a, b).statistic, "partial": scipy.stats.pearsonr(*rest).statistic,
            "cka": float((k * l).sum() / np.sqrt((k * k).sum() * (l * l).sum())),
            "cka_unbiased": float(hsic_unbiased(u, v) / np.sqrt(hsic_unbiased(u, u) * hsic_unbiased(v, v)))}


def splits_of(splitter, samples, groups=None):
    return [{"train": sorted(train.tolist()), "test": sorted(test.tolist())}
            for train, test in splitter.split(np.zeros(samples), groups=groups)]


def folds():
    rng = np.random.default_rng(7)
    sizes = rng.permutation(np.arange(2, 22))  # all differ
    uneven = rng.permutation(np.repeat(np.arange(20) * 3 - 5, sizes))
    even = np.repeat(np.arange(23), 3)
    return {"uneven_groups": uneven.tolist(), "even_groups": even.tolist(),
            "group_kfold_uneven": splits_of(GroupKFold(4), len(uneven), uneven),
            "group_kfold_even": splits_of(GroupKFold(5), len(even), even),
            "kfold": splits_of(KFold(5), len(even)),
            "kfold_shuffled": splits_of(KFold(5, shuffle=True, random_state=3), len(even)),
            "shuffle_split": splits_of(ShuffleSplit(3, test_size=0.1, random_state=1), len(even)),
            "group_shuffle_split": splits_of(GroupShuffleSplit(3, test_size=0.5, random_state=0), len(uneven), uneven),
            "permutation": np.random.RandomState(4).permutation(69).tolist()}


def map_of(model):
    return {"coefficients": model.coef_.T.tolist(), "intercepts": model.intercept_.tolist()}


def ridge_cv(x, y, alphas, **settings):
    model = RidgeCV(alphas=alphas, **settings).fit(x, y)
    return {"alphas": np.broadcast_to(model.alpha_, y.shape[1]).tolist(), **map_of(model)}


def linear_map_case(name, seed, samples, features, targets, components):
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=(samples, features)) * np.linspace(0.3, 3, features) + 2).round(3)
    y = (x[:, :targets] + x @ rng.normal(size=(features, targets)) / features
         + rng.normal(size=(samples, targets)) * np.linspace(0.1, 4, targets)).round(3)
    groups = np.sort(rng.integers(0, 9, samples))
    division = np.zeros(samples, int)
    folds = list(GroupKFold(3).split(x, groups=groups))
    for number, (_, test) in enumerate(folds):
        division[test] = number
    alphas = [1e-3, 0.1, 1, 10, 100, 1000]
    pls = PLSRegression(components, scale=False, tol=1e-14, max_iter=100_000).fit(x, y)
    return {"name": name, "x": x.tolist(), "y": y.tolist(), "folds": division.tolist(), "alphas": alphas,
            "components": components, "ols": map_of(LinearRegression().fit(x, y)),
            "ridge": map_of(Ridge(0.7).fit(x, y)), "leave_one_out": ridge_cv(x, y, alphas),
            "leave_one_out_per_target": ridge_cv(x, y, alphas, alpha_per_target=True),
            "grouped": ridge_cv(x, y, alphas, cv=folds),
            "pls_coefficients": pls.coef_.T.tolist(), "pls_prediction": pls.predict(x).tolist(),
            "pls_weights": pls.x_weights_.tolist(), "pls_scores": pls.x_scores_.tolist()}


def linear_maps():
    return {"cases": [linear_map_case("more samples than features", 10, 36, 7, 4, 5),
                      linear_map_case("more features than samples", 11, 14, 22, 3, 6),
                      linear_map_case("one target", 12, 20, 5, 1, 3)]}


def signed(columns):
    """Of each column the largest entry positive, as metrics/ gives them; scikit-learn's flips depend on the solver."""
    largest = columns[np.abs(columns).argmax(0), np.arange(columns.shape[1])]
    return (columns * np.sign(largest)).tolist()


def factors(x, count, tolerance):
    model = FactorAnalysis(count, svd_method="lapack", tol=tolerance, max_iter=1000).fit(x)
    loadings = model.components_.T
    sign = np.sign(loadings[np.abs(loadings).argmax(0), np.arange(count)])
    return {"loadings": (loadings * sign).tolist(), "noise_variance": model.noise_variance_.tolist(),
            "log_likelihood": model.loglike_, "factors": (model.transform(x) * sign).tolist()}


def decomposition_case(name, seed, samples, features, count):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(samples, count)) * np.linspace(4, 1.5, count) @ rng.normal(size=(count, features))
    x = (x + rng.normal(size=(samples, features)) * np.linspace(0.3, 1, features) + 5).round(3)
    pca = PCA(count, svd_solver="full").fit(x)
    batches = [count + 3, samples // 2, samples]
    incremental = IncrementalPCA(count)
    for start, end in zip([0] + batches, batches):
        incremental.partial_fit(x[start:end])
    return {"name": name, "x": x.tolist(), "count": count, "batches": batches,
            "pca": {"components": signed(pca.components_.T), "explained_variance": pca.explained_variance_.tolist(),
                    "ratio": pca.explained_variance_ratio_.tolist()},
            "incremental": {"components": signed(incremental.components_.T), "mean": incremental.mean_.tolist(),
                            "explained_variance": incremental.explained_variance_.tolist(),
                            "ratio": incremental.explained_variance_ratio_.tolist()},
            "factor_analysis": factors(x, count, 1e-2)}


def decomposition():
    return {"cases": [decomposition_case("more samples than features", 20, 40, 8, 3),
                      decomposition_case("more features than samples", 21, 18, 25, 3)]}


def main():
    DATA.mkdir(parents=True, exist_ok=True)
    source = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}; scripts/make_metrics_fixtures.py"
    for name, content in {"logistic": {"cases": logistic()}, "classification": classification(),
                          "quantiles": quantiles(), "correlation": correlation(),
                          "representation": representation(), "folds": folds(),
                          "linear_maps": linear_maps(), "decomposition": decomposition()}.items():
        (DATA / f"{name}.json").write_text(json.dumps({"source": source, **content}) + "\n")


if __name__ == "__main__":
    main()
