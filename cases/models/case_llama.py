"""A language model: transformers' Llama from a small config. Prefill, a training step, and one decode step
with a KV cache.
"""

from harness import model, tensor

LAYERS, HEADS, KV_HEADS, WIDTH, VOCABULARY = 2, 4, 2, 32, 64
NEEDS = {"transformers": "pytest-lockstep[models]"}


def _llama():
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=WIDTH,
        intermediate_size=40,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KV_HEADS,
        max_position_embeddings=64,
        tie_word_embeddings=False,
        attn_implementation="sdpa",
    )
    return LlamaForCausalLM(config).eval()


@model(
    dtypes=["float32", "bfloat16"],
    train=("torch.optim.AdamW", {"lr": 1e-3}),
    sample_tags=["compile"],
    needs=NEEDS,
)
def llama_prefill(input_ids=tensor(2, 12, dtype="int64", values=f"index:{VOCABULARY}")):
    """Logits of every position, without a cache."""
    from torch import nn

    class Prefill(nn.Module):
        def __init__(self):
            super().__init__()
            self.llama = _llama()

        def forward(self, input_ids):
            return self.llama(input_ids=input_ids, use_cache=False).logits

    return Prefill()


@model(dtypes=["float32", "bfloat16"], sample_tags=["compile"], needs=NEEDS)
def llama_decode(
    token=tensor(2, 1, dtype="int64", values=f"index:{VOCABULARY}"),
    keys=tensor(LAYERS, 2, KV_HEADS, 11, WIDTH // HEADS),
    values=tensor(LAYERS, 2, KV_HEADS, 11, WIDTH // HEADS),
):
    """One token after 11 cached ones: its logits, and the cache with the token's keys and values appended."""
    import torch
    from torch import nn
    from transformers import DynamicCache

    class Decode(nn.Module):
        def __init__(self):
            super().__init__()
            self.llama = _llama()

        def forward(self, token, keys, values):
            cache = DynamicCache()
            for layer in range(LAYERS):
                cache.update(keys[layer], values[layer], layer)
            position = torch.full_like(token, keys.shape[3])
            logits = self.llama(input_ids=token, position_ids=position, past_key_values=cache, use_cache=True).logits
            # The cache's layout changed in transformers 4.54: a list of layers since, two lists before.
            if hasattr(cache, "layers"):
                pairs = [(layer.keys, layer.values) for layer in cache.layers]
            else:
                pairs = list(zip(cache.key_cache, cache.value_cache, strict=True))
            return logits, torch.stack([k for k, _ in pairs]), torch.stack([v for _, v in pairs])

    return Decode()
