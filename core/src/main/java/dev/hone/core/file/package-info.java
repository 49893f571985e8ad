/**
 * Atomic writing of files, one writer of an output at a time, the user's cache folder, what counts as a regular file, SHA-256
 * digests, and readable reasons for failed file operations. Knows no file formats.
 */
package dev.hone.core.file;
