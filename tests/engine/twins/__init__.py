"""Tiny twins: for every entry of the catalogue a pipeline of exactly the same classes, saved as a real folder.

tokens        tokenizers made here, of the kinds the models use
encoders      text and image encoders of one or two layers
autoencoders  from pixels to latents, with the shrinking of the real ones
stable        Stable Diffusion XL and 3.5
flux          FLUX.1 and FLUX.2
chinese       Z-Image and Qwen-Image
others        HiDream, Wan and the demo
nets          ControlNets
adapters      IP-Adapters
wearing       LoRAs
detectors     what finds maps in pictures, in a hub cache
build         all of these by the model's id, and the entries that name them in a models file
house         each of them built once for a whole session
playing       a twin played without the engine
"""
