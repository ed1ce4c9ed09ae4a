import CBaseline

@main
struct Benchmarks {
  static func main() {}
}
