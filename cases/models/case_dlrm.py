"""A recommendation model of DLRM's shape (Naumov et al. 2019): embedding bags, pairwise interaction, two
MLPs.
"""

from harness import model, tensor


@model(dtypes=["float32", "bfloat16"], train=("torch.optim.AdamW", {"lr": 1e-3}), sample_tags=["compile"])
def dlrm(
    dense=tensor(16, 13),
    sparse=tensor(4, 16, 3, dtype="int64", values="index:50"),
):
    """dense: (batch, features); sparse: (tables, batch, bag). Gives one logit a row."""
    import torch
    from torch import nn

    tables, rows, width = 4, 50, 8

    class DLRM(nn.Module):
        def __init__(self):
            super().__init__()
            self.bottom = nn.Sequential(nn.Linear(13, 16), nn.ReLU(), nn.Linear(16, width), nn.ReLU())
            self.embeddings = nn.ModuleList(nn.EmbeddingBag(rows, width, mode="sum") for _ in range(tables))
            pairs = (tables + 1) * tables // 2
            self.top = nn.Sequential(nn.Linear(width + pairs, 16), nn.ReLU(), nn.Linear(16, 1))
            lower = torch.tril_indices(tables + 1, tables + 1, offset=-1)
            self.register_buffer("row", lower[0].clone())
            self.register_buffer("col", lower[1].clone())

        def forward(self, dense, sparse):
            x = self.bottom(dense)
            bags = [table(sparse[i]) for i, table in enumerate(self.embeddings)]
            vectors = torch.stack([x, *bags], dim=1)
            products = torch.bmm(vectors, vectors.transpose(1, 2))
            return self.top(torch.cat([x, products[:, self.row, self.col]], dim=1))

    return DLRM()
