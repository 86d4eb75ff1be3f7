"""A latent-diffusion block: diffusers' conditional UNet from a small config, one denoising step and one
training step.
"""

from harness import model, tensor

NEEDS = {"diffusers": "pytest-lockstep[models]"}


@model(dtypes=["float32", "bfloat16"], sample_tags=["compile"], needs=NEEDS)
@model(dtypes=["float32", "bfloat16"], train=("torch.optim.AdamW", {"lr": 1e-3}), infer=False, needs=NEEDS)
def unet(
    sample=tensor(1, 4, 8, 8),
    timestep=tensor(1, dtype="int64", values="range:1:1000"),
    context=tensor(1, 5, 8),
):
    """sample: noisy latents (batch, channels, height, width); context: the text encoder's states. Gives the
    noise.
    """
    from diffusers import UNet2DConditionModel
    from torch import nn

    class UNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.unet = UNet2DConditionModel(
                sample_size=8,
                in_channels=4,
                out_channels=4,
                down_block_types=("DownBlock2D", "DownBlock2D"),
                mid_block_type="UNetMidBlock2DCrossAttn",
                up_block_types=("UpBlock2D", "UpBlock2D"),
                block_out_channels=(8, 12),
                layers_per_block=1,
                cross_attention_dim=8,
                attention_head_dim=4,
                norm_num_groups=4,
            )

        def forward(self, sample, timestep, context):
            return self.unet(sample, timestep, encoder_hidden_states=context, return_dict=False)[0]

    return UNet()
