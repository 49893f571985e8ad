/** Atomic writing of files, the user's cache folder, SHA-256 digests, and readable reasons for failed file operations. Knows no file formats. */
package dev.hone.core.file;
