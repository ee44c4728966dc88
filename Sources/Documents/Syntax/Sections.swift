/// Headings over paragraphs, the higher ones containing the lower.
struct Sections {
    private var outline: Outline
    private var levels: [Int] = []

    init(of text: SourceText, _ sizes: Outline.Sizes) {
        outline = Outline(of: text, sizes)
    }

    mutating func begin(_ heading: Heading) {
        while let level = levels.last, level >= heading.level {
            levels.removeLast()
            outline.close(at: heading.start)
        }
        outline.open(heading.name, at: heading.start)
        levels.append(heading.level)
    }

    mutating func paragraph(_ start: Int, _ end: Int) {
        outline.leaf(.none, start, end)
    }

    mutating func finish() -> [Part] { outline.finish() }
}
