import ArgumentParser

@main
struct Directmap: ParsableCommand {
}
