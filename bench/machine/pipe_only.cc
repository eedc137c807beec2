// The least a child can do: take the line from the pipe, look at nothing, answer.
#include "lines.h"

int main() {
  bench::Lines lines;
  for (auto action = "initialize"; !lines.next().empty(); action = "processRecords") bench::Lines::answer(action);
}
