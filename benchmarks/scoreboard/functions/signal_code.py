"""Parts of programs as users of PyTorch write them, of given tensors only: studios, radio, radar, colour, scanners.

None of them is in an earlier file; fourteenth.py gives them their inputs, fused_code.py, nature_code.py and
risk_code.py have the other fields.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

# -- audio engineering


def peaking_equaliser(x: Tensor, centre: Tensor, gain: Tensor) -> Tensor:
    """A band lifted or cut by a filter of two poles, run sample by sample."""
    a = 10 ** (gain / 40)
    alpha, c = centre.sin() / 2, centre.cos()
    norm = 1 + alpha / a
    b0, b1, b2, a2 = (1 + alpha * a) / norm, -2 * c / norm, (1 - alpha * a) / norm, (1 - alpha / a) / norm
    s = t = torch.zeros_like(x[:, 0])
    out = []
    for now in x.unbind(1):
        y = b0 * now + s
        s, t = b1 * now - b1 * y + t, b2 * now - a2 * y
        out.append(y)
    return torch.stack(out, 1)


def section_response(top: Tensor, bottom: Tensor) -> Tensor:
    """Decibels of a cascade of sections of second order, at thirteen frequencies."""
    w = torch.linspace(0.1, 3, 13, dtype=top.dtype, device=top.device)
    turn = torch.stack([torch.ones_like(w), w.cos(), (2 * w).cos()]), torch.stack([0 * w, w.sin(), (2 * w).sin()])

    def power(c: Tensor) -> Tensor:
        return (c @ turn[0]).square() + (c @ turn[1]).square() + 1e-3

    return (10 * (torch.log10(power(top)) - torch.log10(power(bottom)))).sum(1)


def look_ahead_limiter(x: Tensor) -> Tensor:
    """What is louder than a half turned down in time: the least gain near a sample, smoothed."""
    gain = 0.5 / x.abs().clamp_min(0.5)
    held = -F.max_pool1d(-F.pad(gain, (0, 6), value=1.0)[:, None], 7, 1)
    smooth = F.avg_pool1d(F.pad(held, (3, 3), mode="replicate"), 7, 1)
    return x * smooth.squeeze(1)


def comb_reverberation(x: Tensor, feedback: Tensor) -> Tensor:
    """Schroeder: four parallel combs of prime delays, then an all-pass of five samples."""
    total = torch.zeros_like(x)
    for i, delay in enumerate((7, 11, 13, 17)):
        seen = [torch.zeros_like(x[:, 0])] * delay
        for t in range(x.shape[1]):
            seen.append(x[:, t] + feedback[:, i] * seen[t])
        total = total + 0.25 * torch.stack(seen[delay:], 1)
    out = [torch.zeros_like(x[:, 0])] * 5
    wet = F.pad(total, (5, 0))
    for t in range(x.shape[1]):
        out.append(wet[:, t] - 0.5 * wet[:, t + 5] + 0.5 * out[t])
    return torch.stack(out[5:], 1)


def image_source_reflections(x: Tensor, distance: Tensor) -> Tensor:
    """Echoes of a room: fractional delays by windowed sincs, louder the nearer their image is."""
    at = torch.arange(24, dtype=x.dtype, device=x.device)
    lag = at - distance[..., None]
    tap = torch.sinc(lag) * torch.exp(-(lag / 4).square()) / distance[..., None]
    return F.conv1d(F.pad(x[None], (23, 0)), tap.sum(1).flip(-1)[:, None], groups=len(x)).squeeze(0)


def constant_q_magnitudes(x: Tensor) -> Tensor:
    """Bands of a constant quality: longer windows for lower notes, lengths of what they find."""
    n = x.shape[-1]
    at = torch.arange(n, dtype=x.dtype, device=x.device) - (n - 1) / 2
    w = 0.25 * 2 ** (torch.arange(12, dtype=x.dtype, device=x.device)[:, None] / 4)
    window = torch.exp(-((w * at) / 6).square()) * w / 6
    return torch.sqrt((x @ (window * (w * at).cos()).mT).square() + (x @ (window * (w * at).sin()).mT).square() + 1e-3)


def levinson_durbin(power: Tensor) -> tuple[Tensor, Tensor]:
    """An all-pole model from a power spectrum's autocorrelation, order by order, and what is left over."""
    n = torch.arange(power.shape[-1], dtype=power.dtype, device=power.device)
    lag = torch.arange(5, dtype=power.dtype, device=power.device)[:, None]
    r = (power[:, None] * torch.cos(math.pi * lag * n / power.shape[-1])).mean(-1)
    a, left = torch.ones_like(r[:, :1]), r[:, :1] + 0.01
    for m in range(1, 5):
        k = -(a * r[:, 1 : m + 1].flip(-1)).sum(-1, keepdim=True) / left
        wide = F.pad(a, (0, 1))
        a, left = wide + k * wide.flip(-1), left * (1 - k * k)
    return a, left


def vocoder_stretch(phase: Tensor, level: Tensor) -> Tensor:
    """Frames of a spectrum spaced half as far again: phases go on by what they did, wrapped near what is expected."""
    expected = math.pi / 4 * torch.arange(phase.shape[-1], dtype=phase.dtype, device=phase.device)
    move = torch.diff(phase, dim=1) - expected
    move = torch.atan2(move.sin(), move.cos()) + expected
    total = phase[:, :1] + 1.5 * torch.cumsum(move, 1)
    return torch.cat([level[:, 1:] * total.cos(), level[:, 1:] * total.sin()], -1)


def masking_threshold(power: Tensor) -> Tensor:
    """What cannot be heard beside louder bands: energy spread up and down on a scale of hearing, less an offset."""
    bark = torch.arange(power.shape[-1], dtype=power.dtype, device=power.device) / 2
    d = bark[:, None] - bark + 0.474
    spread = 10 ** ((15.81 + 7.5 * d - 17.5 * torch.sqrt(1 + d * d)) / 10)
    return 10 * torch.log10(power @ spread.mT + 1e-2) - 14.5 - bark


def local_tempo(onset: Tensor) -> Tensor:
    """Windows of an onset curve times themselves later, by lag, and lengths of one."""
    frame = onset.unfold(-1, 17, 6)
    frame = frame - frame.mean(-1, keepdim=True)
    lag = [(frame[..., k:] * frame[..., : 17 - k]).sum(-1) for k in range(1, 9)]
    return F.normalize(torch.stack(lag, -1), dim=-1)


def spectral_flux_gate(power: Tensor) -> Tensor:
    """A noise gate: bands passed by how far they are above the quietest tenth of their time."""
    floor = torch.quantile(power, 0.1, dim=-1, keepdim=True)
    gain = torch.sigmoid(4 * (torch.log(power) - torch.log(4 * floor)))
    return power * F.avg_pool1d(gain, 3, 1, 1, count_include_pad=False)


def cepstral_distortion(one: Tensor, two: Tensor) -> Tensor:
    """How far two voices' cosine coefficients of log spectra are apart, in decibels."""
    n = one.shape[-1]
    at = torch.arange(n, dtype=one.dtype, device=one.device) + 0.5
    order = torch.arange(1, 9, dtype=one.dtype, device=one.device)[:, None]
    basis = math.sqrt(2 / n) * torch.cos(math.pi / n * order * at)
    gap = (torch.log(one) - torch.log(two)) @ basis.mT
    return 10 / math.log(10) * torch.sqrt(2 * gap.square().sum(-1) + 1e-3)


# -- radio


def raised_cosine_shaping(symbol: Tensor) -> Tensor:
    """Symbols of four samples each through a root of a raised cosine, of a roll-off of a third."""
    t = (torch.arange(-12, 13, dtype=symbol.dtype, device=symbol.device) + 0.125) / 4
    b = 1 / 3
    top = torch.sin(math.pi * t * (1 - b)) + 4 * b * t * torch.cos(math.pi * t * (1 + b))
    tap = top / (math.pi * t * (1 - (4 * b * t).square()))
    return F.conv_transpose1d(symbol[:, None], tap[None, None], stride=4, padding=12).squeeze(1)


def equalised_carriers(y: Tensor, h: Tensor, noise: Tensor) -> Tensor:
    """Carriers divided by their channels, real and imaginary parts last, noise in the denominator."""
    power = h.square().sum(-1) + noise[:, None]
    real = (y * h).sum(-1)
    imag = y[..., 1] * h[..., 0] - y[..., 0] * h[..., 1]
    return torch.stack([real, imag], -1) / power[..., None]


def antennas_detected(h: Tensor, y: Tensor) -> Tensor:
    """Streams of several antennas told apart with the least square error, and the noise that each is left with."""
    eye = torch.eye(h.shape[-1], dtype=h.dtype, device=h.device)
    left = torch.linalg.inv(h.mT @ h + 0.25 * eye)
    bias = 1 - 0.25 * left.diagonal(dim1=-2, dim2=-1)
    return torch.cat([(left @ (h.mT @ y[..., None])).squeeze(-1) / bias, (1 - bias) / bias], -1)


def poured_power(gain: Tensor) -> Tensor:
    """Water over channels: power where noise is low, its level from sorted noises."""
    noise = torch.sort(1 / gain, -1)[0]
    count = torch.arange(1, gain.shape[-1] + 1, dtype=gain.dtype, device=gain.device)
    level = (4 + torch.cumsum(noise, -1)) / count
    used = (level > noise).sum(-1, keepdim=True)
    return torch.relu(level.gather(-1, used - 1) - 1 / gain)


def two_antenna_code(first: Tensor, second: Tensor, one: Tensor, two: Tensor) -> Tensor:
    """Alamouti: two received symbols and two channels, complex, combined to the two that were sent."""
    a = one.conj() * first + two * second.conj()
    b = two.conj() * first - one * second.conj()
    return torch.view_as_real(torch.stack([a, b], -1) / (one.abs() + two.abs())[..., None])


def trellis_metrics(bit: Tensor) -> Tensor:
    """Best paths through a trellis of four states, of a code of rate one half."""
    sign = torch.tensor([[1, 1], [-1, -1], [-1, 1], [1, -1]], dtype=bit.dtype, device=bit.device)
    state = F.pad(torch.zeros_like(bit[:, 0, :1]), (0, 3), value=-8.0)
    for now in bit.unbind(1):
        branch = now @ sign.mT
        one = torch.maximum(state[:, ::2] + branch[:, :2], state[:, 1::2] - branch[:, :2])
        two = torch.maximum(state[:, ::2] - branch[:, 2:], state[:, 1::2] + branch[:, 2:])
        state = torch.cat([one, two], -1)
    return state


def polar_bits(log: Tensor) -> Tensor:
    """Half of a polar decoder: log-odds combined exactly and by signs with nothing frozen, three levels."""
    for _ in range(3):
        a, b = log.chunk(2, -1)
        both = 2 * torch.atanh(torch.tanh(a / 2) * torch.tanh(b / 2) * 0.99)
        log = torch.stack([both, b + torch.where(both < 0, -a, a)], -2)
    return log.flatten(1)


def blocking_chance(load: Tensor) -> Tensor:
    """Erlang's chance that all of up to nine lines are busy, line by line."""
    b, out = torch.ones_like(load), []
    for n in range(1, 10):
        b = load * b / (n + load * b)
        out.append(b)
    return torch.stack(out, -1)


def faded_envelope(angle: Tensor, phase: Tensor, speed: Tensor) -> Tensor:
    """Jakes: a carrier over a street, of waves from all sides that shift in frequency."""
    t = torch.arange(33, dtype=angle.dtype, device=angle.device) / 8
    turn = speed[:, None, None] * angle.cos()[..., None] * t + phase[..., None]
    real, imag = turn.cos().mean(1), turn.sin().mean(1)
    return 10 * torch.log10(real.square() + imag.square() + 1e-2)


def constant_modulus_equaliser(x: Tensor, tap: Tensor) -> Tensor:
    """A blind equaliser: taps moved so that what comes out has length one."""
    out = []
    for frame in x.unfold(1, tap.shape[-1], 1).unbind(1):
        y = (frame * tap).sum(-1, keepdim=True)
        tap = tap - 0.03125 * y * (y * y - 1) * frame
        out.append(y)
    return torch.cat(out, 1)


def timing_error(x: Tensor, slope: Tensor) -> Tensor:
    """Gardner's detector on samples twice a symbol, drawn between neighbours by a loop's estimate."""
    late, out = slope, []
    for k in range(2, x.shape[1] - 1, 2):
        now, mid, was = (torch.lerp(x[:, i], x[:, i + 1], torch.sigmoid(late)) for i in (k, k - 1, k - 2))
        error = (now - was) * mid
        late = late - 0.25 * error
        out.append(error)
    return torch.stack(out, 1)


# -- radar


def compressed_pulses(x: Tensor, rate: Tensor) -> Tensor:
    """Echoes against a chirp of each radar, in quadrature, and how strong they are."""
    t = torch.linspace(-1, 1, 21, dtype=x.dtype, device=x.device)
    turn = rate[:, None] * t.square()
    real, imag = (F.conv1d(x[None], w[:, None], groups=len(x), padding=10) for w in (turn.cos(), turn.sin()))
    return torch.log1p(real.square() + imag.square()).squeeze(0)


def false_alarm_ratio(power: Tensor) -> Tensor:
    """Each cell against the mean of those around it, less a guard in between."""
    wide = F.avg_pool2d(power, 7, 1, 3, count_include_pad=False)
    guard = F.avg_pool2d(power, 3, 1, 1, count_include_pad=False)
    return power / ((49 * wide - 9 * guard) / 40).clamp_min(0.05)


def subspace_spectrum(x: Tensor) -> Tensor:
    """MUSIC of a line of sensors: one over how much of a direction lies where only noise is."""
    cov = x @ x.mT / x.shape[-1]
    noise = torch.linalg.eigh(cov)[1][..., : x.shape[-2] - 2]
    way = torch.linspace(-1.25, 1.25, 15, dtype=x.dtype, device=x.device)
    steer = torch.cos(math.pi * way.sin()[:, None] * torch.arange(x.shape[-2], dtype=x.dtype, device=x.device))
    return 1 / ((steer @ noise).square().sum(-1) + 0.1)


def doppler_cells(real: Tensor, imag: Tensor) -> Tensor:
    """Pulses less the pulse before, windowed, and the power of each speed."""
    z = torch.diff(torch.complex(real, imag), dim=-2)
    window = torch.hann_window(z.shape[-2], periodic=False, dtype=real.dtype, device=real.device)
    f = torch.fft.fftshift(torch.fft.fft(z * window[:, None], dim=-2), dim=-2)
    return torch.log10(f.abs().square() + 0.01)


# -- colour


def colour_difference_2000(one: Tensor, two: Tensor) -> Tensor:
    """CIE's difference of 2000 without its turn of blue: hues as angles, lightness by how far from grey."""
    chroma = [torch.sqrt(t[..., 1].square() + t[..., 2].square() + 0.01) for t in (one, two)]
    seventh = (0.5 * (chroma[0] + chroma[1]) / 25).pow(7)
    g = 1.5 - 0.5 * torch.sqrt(seventh / (seventh + 1))
    c, h = [], []
    for t in (one, two):
        a = g * t[..., 1]
        c.append(torch.sqrt(a.square() + t[..., 2].square() + 0.01))
        h.append(torch.atan2(t[..., 2], a))
    light, hue = 0.5 * (one[..., 0] + two[..., 0]) - 50, 0.5 * (h[0] + h[1])
    dh = 2 * torch.sqrt(c[0] * c[1]) * torch.sin(0.5 * (h[1] - h[0]))
    mean = 0.5 * (c[0] + c[1])
    t = 1 - 0.17 * torch.cos(hue - math.pi / 6) + 0.24 * torch.cos(2 * hue) + 0.32 * torch.cos(3 * hue + 0.105)
    sl = 1 + 0.015 * light.square() / torch.sqrt(20 + light.square())
    rest = ((c[1] - c[0]) / (1 + 0.045 * mean)).square() + (dh / (1 + 0.015 * mean * t)).square()
    return torch.sqrt(((one - two)[..., 0] / sl).square() + rest + 0.01)


def adapted_white(xyz: Tensor, white: Tensor) -> Tensor:
    """Bradford: colours under one light as they would be under daylight, by responses of cones."""
    rows = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]
    back = [[0.986993, -0.147054, 0.159963], [0.432305, 0.51836, 0.049291], [-0.008529, 0.040043, 0.968487]]
    m, n = (torch.tensor(t, dtype=xyz.dtype, device=xyz.device) for t in (rows, back))
    day = torch.tensor([0.9505, 1.0, 1.089], dtype=xyz.dtype, device=xyz.device)
    return ((xyz @ m.mT) * ((m @ day) / (white @ m.mT))[:, None]) @ n.mT


def perceptual_quantiser(light: Tensor) -> Tensor:
    """The curve of bright displays, from nits to codes."""
    y = (light / 10000).pow(0.1593017578125)
    return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)).pow(78.84375)


def hybrid_log_gamma(light: Tensor) -> Tensor:
    """Broadcasters' curve: a root below a twelfth, a logarithm above."""
    high = 0.17883277 * torch.log((12 * light - 0.28466892).clamp_min(0.05)) + 0.55991073
    return torch.where(light <= 1 / 12, torch.sqrt(3 * light), high)


def mixed_pigments(share: Tensor, reflected: Tensor) -> Tensor:
    """Kubelka and Munk: paints mixed by what they absorb over what they scatter, band by band."""
    ratio = (1 - reflected).square() / (2 * reflected)
    k = F.normalize(share, p=1.0, dim=-1) @ ratio
    return 1 + k - torch.sqrt(k.square() + 2 * k)


def tristimulus(spectrum: Tensor) -> Tensor:
    """A spectrum seen by an average eye, of lobes with two slopes each, as x, y and lightness."""
    wave = torch.linspace(4.0, 7.0, spectrum.shape[-1], dtype=spectrum.dtype, device=spectrum.device)

    def lobe(mean: float, low: float, high: float) -> Tensor:
        slope = low + (high - low) * (wave >= mean).to(wave.dtype)
        return torch.exp(-0.5 * ((wave - mean) / slope).square())

    x = 1.056 * lobe(5.998, 0.379, 0.31) + 0.362 * lobe(4.42, 0.16, 0.267) - 0.065 * lobe(5.011, 0.204, 0.262)
    y = 0.821 * lobe(5.688, 0.469, 0.405) + 0.286 * lobe(5.309, 0.163, 0.311)
    z = 1.217 * lobe(4.37, 0.118, 0.36) + 0.681 * lobe(4.59, 0.26, 0.138)
    seen = spectrum @ torch.stack([x, y, z], -1) / spectrum.shape[-1]
    return torch.cat([seen[..., :2] / seen.sum(-1, keepdim=True), seen[..., 1:2].pow(1 / 3)], -1)


def separated_inks(rgb: Tensor) -> Tensor:
    """Four inks for a colour: three quarters of the grey in it to black, the rest divided by what is left."""
    inks = 1 - rgb
    black = 0.75 * inks.amin(-1, keepdim=True)
    return torch.cat([(inks - black) / (1 - black), black], -1)


def light_temperature(x: Tensor, y: Tensor) -> Tensor:
    """McCamy's cubic: a white's temperature in thousands of kelvins."""
    n = (x - 0.332) / (0.1858 - y)
    return 0.449 * n.pow(3) + 3.525 * n.square() + 6.8233 * n + 5.52033


# -- scanners


def spoiled_echo(density: Tensor, recovery: Tensor, decay: Tensor, angle: Tensor) -> Tensor:
    """Ernst: the signal of spins that are turned a little, again and again, and read after a while."""
    e = torch.exp(-1 / recovery)
    return density * angle.sin() * -torch.expm1(-1 / recovery) / (1 - e * angle.cos()) * torch.exp(-0.25 / decay)


def turned_spins(spin: Tensor, off: Tensor, pulse: Tensor) -> Tensor:
    """Bloch: magnetisation after pulses around x, each followed by turning and relaxing."""
    x, y, z = spin.unbind(-1)
    c, s = off.cos(), off.sin()
    for now in pulse.unbind(-1):
        y, z = now.cos() * y - now.sin() * z, now.sin() * y + now.cos() * z
        x, y, z = 0.875 * (c * x - s * y), 0.875 * (s * x + c * y), 0.25 + 0.75 * z
    return torch.stack([x, y, z], -1)


def diffusion_tensor(signal: Tensor, way: Tensor) -> Tensor:
    """Six numbers of a tensor from logarithms of signals along directions, and how unequal its axes are."""
    a, b, c = F.normalize(way, dim=-1).unbind(-1)
    design = torch.stack([a * a, b * b, c * c, 2 * a * b, 2 * a * c, 2 * b * c], -1)
    eye = 0.01 * torch.eye(6, dtype=way.dtype, device=way.device)
    d = -torch.log(signal) @ design @ torch.linalg.inv(design.mT @ design + eye)
    mean = d[:, :3].mean(-1, keepdim=True)
    apart = (d[:, :3] - mean).square().sum(-1) + 2 * d[:, 3:].square().sum(-1)
    whole = d[:, :3].square().sum(-1) + 2 * d[:, 3:].square().sum(-1)
    return torch.cat([d, torch.sqrt(1.5 * apart / whole)[:, None]], -1)


def combined_coils(real: Tensor, imag: Tensor, noise: Tensor) -> Tensor:
    """Several coils' pictures as one, after their noise is made independent and alike."""
    root = torch.linalg.cholesky(noise)
    a, b = (torch.linalg.solve_triangular(root, t.flatten(2), upper=False) for t in (real, imag))
    return torch.sqrt(a.square().sum(1) + b.square().sum(1)).view_as(real[:, 0])
