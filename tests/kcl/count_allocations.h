#pragma once

#include <cstddef>

/// How often this test executable called operator new so far.
std::size_t allocations();
