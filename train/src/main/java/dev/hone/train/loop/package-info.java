/**
 * The training loop: epochs, schedules, validation, the best model, checkpoints. It knows no loss and no data but
 * batches.
 */
package dev.hone.train.loop;
