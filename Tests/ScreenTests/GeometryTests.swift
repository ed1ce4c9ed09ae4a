import Screen
import Testing

struct GeometryTests {
  @Test func `cutting divides a rectangle without loss`() {
    for cut in -1...6 {
      var left = Rect(x: 2, y: 3, width: 4, height: 5)
      let top = left.cutTop(cut)
      #expect(top.height + left.height == 5)
      #expect(top.y == 3 && left.y == 3 + top.height && left.bottom == 8)
      let bottom = left.cutBottom(cut)
      #expect(bottom.bottom == 8 && left.bottom == bottom.y)
      var wide = Rect(x: 2, y: 3, width: 4, height: 5)
      let first = wide.cutLeft(cut)
      #expect(first.x == 2 && wide.x == first.right && wide.right == 6)
      let last = wide.cutRight(cut)
      #expect(last.right == 6 && wide.right == last.x)
    }
  }

  @Test func `shares fill what fixed lengths leave, and never more`() {
    for total in 0...40 {
      for spacing in 0...2 {
        let lengths = Layout.divide(
          total, [.fixed(5), .share(1), .share(2), .fixed(3)], spacing: spacing)
        let sum = lengths.reduce(0, +)
        #expect(sum <= max(0, total - 3 * spacing))
        #expect(lengths.allSatisfy { $0 >= 0 })
        if total >= 8 + 3 * spacing { #expect(sum == total - 3 * spacing) }
      }
    }
    #expect(Layout.divide(30, [.share(1), .share(1), .share(1)]) == [10, 10, 10])
    #expect(Layout.divide(11, [.share(1), .fixed(2), .share(2)]) == [3, 2, 6])
  }

  @Test func `rows and columns stand side by side`() {
    let area = Rect(x: 1, y: 2, width: 21, height: 9)
    let columns = area.columns(.share(1), .share(1), spacing: 1)
    #expect(columns.map(\.x) == [1, 12])
    #expect(columns.map(\.width) == [10, 10])
    let rows = area.rows(.fixed(1), .share(1), .fixed(2))
    #expect(rows.map(\.y) == [2, 3, 9])
    #expect(rows.map(\.height) == [1, 6, 2])
  }

  @Test func `rectangles meet, shrink and centre without negative sizes`() {
    let area = Rect(x: 0, y: 0, width: 3, height: 3)
    #expect(area.inset(by: 2).isEmpty)
    #expect(area.inset(by: 2).width == 0)
    #expect(area.intersection(Rect(x: 5, y: 5, width: 2, height: 2)).isEmpty)
    #expect(area.centered(Size(width: 1, height: 9)) == Rect(x: 1, y: 0, width: 1, height: 3))
    #expect(area.row(3).isEmpty)
    #expect(area.row(2) == Rect(x: 0, y: 2, width: 3, height: 1))
    #expect(Size("80x24") == Size(width: 80, height: 24))
    #expect(Size("80x") == nil && Size("-1x2") == nil && Size("1x2x3") == nil)
  }
}
