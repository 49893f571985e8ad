/**
 * Tables as data sets: CSV files with a column to be predicted, the kinds of their columns, their rows as batches of numbers
 * and categories. Which numbers a network makes of them is not known here.
 */
package dev.hone.data.table;
