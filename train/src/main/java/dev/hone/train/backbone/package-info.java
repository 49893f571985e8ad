/** Pretrained networks that features are taken from: the known ones, and any model file. */
package dev.hone.train.backbone;
