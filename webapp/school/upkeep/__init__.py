"""功能評估 and 校正: what people find of each camera, and set right (KH 點三, 點八)."""
