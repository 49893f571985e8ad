/** Pretrained networks on this machine: which there are, adding and removing them. */
package dev.hone.jobs.backbone;
