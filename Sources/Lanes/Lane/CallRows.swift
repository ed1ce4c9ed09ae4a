import Engine

/// How many calls each lane has made at each place where all of them stand together: a row for a place,
/// a column for a lane. From one row to the next no count falls, and each rises by one at most.
struct CallRows: Equatable, Sendable {
  private let columns: Int
  private var counts: [Int]

  /// The one place where no lane has made a call.
  init(columns: Int) {
    self.columns = columns
    counts = Array(repeating: 0, count: columns)
  }

  /// The places of a single lane, up to a number of calls.
  init(numbering calls: Int) {
    columns = 1
    counts = Array(0...calls)
  }

  /// How many places there are.
  var count: Int { counts.count / columns }

  /// The counts at a place.
  subscript(row: Int) -> ArraySlice<Int> { counts[row * columns..<(row + 1) * columns] }

  /// The count of a lane at a place.
  subscript(row: Int, column: Int) -> Int { counts[row * columns + column] }

  /// The last place at which a lane has made at most this number of calls.
  func row(of column: Int, at calls: Int) -> Int {
    max(0, (0..<count).partitioningIndex { self[$0, column] > calls } - 1)
  }

  /// Forgets the places at which a lane has made more than this number of calls.
  mutating func cut(after calls: Int, of column: Int) {
    counts.removeSubrange((row(of: column, at: calls) + 1) * columns..<counts.count)
  }

  /// Adds a place.
  mutating func append(_ row: some Sequence<Int>) {
    counts.append(contentsOf: row)
  }

  /// The places without the column of a lane, in the place of which stands that of the last one.
  func replacing(column: Int) -> CallRows {
    var rows = CallRows(columns: columns - 1)
    for row in 1..<count {
      var counts = Array(self[row])
      counts[column] = counts.removeLast()
      rows.append(counts)
    }
    return rows
  }
}
