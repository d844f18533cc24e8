/* sum(first, second): adds two numbers. */
int sum(int first, int second);
