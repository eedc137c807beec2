#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/table.h"

namespace cli {

/// How rows of a kind are printed.
template <class Row>
struct Listing {
  std::vector<Column> columns;
  std::function<std::vector<std::string>(const Row&)> cells;
  std::function<std::string(const Row&)> json;
};

/// Prints the rows that `each` walks over, as they come: a JSON array if that is wanted, else a table. How many there
/// were, or kStoreUnavailable with the list cut short.
template <class Row>
Outcome<std::int64_t> print(Output& output, const Listing<Row>& listing,
                            const std::function<store::Result<void>(const store::Visitor<Row>&)>& each) {
  std::int64_t rows = 0;
  JsonArray array(output);
  Table table(output, listing.columns);
  const auto read = each([&](const Row& row) {
    ++rows;
    output.json() ? array.add(listing.json(row)) : table.row(listing.cells(row));
    return true;
  });
  if (!read) return store_failure(read.error());
  output.json() ? array.finish() : table.finish();
  return rows;
}

}  // namespace cli
