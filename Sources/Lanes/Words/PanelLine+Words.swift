import Engine
import Narration
import Scenarios

extension PanelLine {
  /// What a policy says of a page or of itself, in one piece; `nil` where only cells show it.
  package var words: String? {
    switch self {
    case .count(let name, let value): "\(name) \(value)"
    case .bits(let name, let word): "\(name) \(word.nonzeroBitCount) of 64"
    case .flags(let name, let flags, let size): "\(name) \(flags.text(size))"
    case .pages(let name, let pages): "\(name) \(pages.count)"
    case .note(let text): text
    }
  }
}
