#include "sum.h"

int sum(int first, int second) { return first + second; }
