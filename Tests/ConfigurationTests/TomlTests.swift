import Testing

@testable import Configuration

struct TomlTests {
}
