"""Optimisers, schedulers of learning rates, and clipping of gradients: torch.optim's names and rules."""

from gradcli.autograd.optim.adagrad import Adagrad
from gradcli.autograd.optim.adam import Adam, AdamW
from gradcli.autograd.optim.clipping import clip_grad_norm_, clip_grad_value_
from gradcli.autograd.optim.lbfgs import LBFGS
from gradcli.autograd.optim.optimizer import Optimizer
from gradcli.autograd.optim.rmsprop import RMSprop
from gradcli.autograd.optim.schedulers import CosineAnnealingLR, LRScheduler, StepLR
from gradcli.autograd.optim.sgd import SGD

__all__ = [
    "LBFGS",
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "CosineAnnealingLR",
    "LRScheduler",
    "Optimizer",
    "RMSprop",
    "StepLR",
    "clip_grad_norm_",
    "clip_grad_value_",
]
