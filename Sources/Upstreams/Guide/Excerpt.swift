/// What is quoted of a section: all of it, or the blocks that say most about the question.
struct Excerpt {
    private static let gap = "…"

    /// Paragraph, list, table or code, with the sentence that leads to it.
    private struct Block {
        var lines: [Substring]
        var worth = 0.0
        var length: Int { lines.reduce(0) { $0 + $1.count + 1 } }
        var isCode: Bool { lines.contains { $0.hasPrefix("```") } }
        var isTable: Bool { lines.first?.hasPrefix("|") == true }
    }

    /// - Parameters:
    ///   - limit: characters, about.
    ///   - worth: how much a text says about the question.
    static func text(of section: Section, limit: Int, worth: (String) -> Double) -> String {
        var blocks = blocks(of: section.body)
        if section.body.count > limit {
            for place in blocks.indices {
                blocks[place].worth = worth(blocks[place].lines.joined(separator: "\n"))
                if blocks[place].length > limit * 2 / 3 {
                    blocks[place] = narrowed(blocks[place], limit: limit / 2, worth: worth)
                }
            }
            blocks = chosen(blocks, limit: limit)
        }
        return blocks.map { block in
            let text = block.lines.joined(separator: "\n")
            return block.isCode ? text : withoutLinks(text)
        }.joined(separator: "\n\n")
    }

    private static func blocks(of body: String) -> [Block] {
        var blocks: [Block] = []
        var lines: [Substring] = []
        var isCode = false
        func close() {
            if !lines.isEmpty { blocks.append(Block(lines: lines)) }
            lines = []
        }
        for line in body.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") { isCode.toggle() }
            if line.isEmpty, !isCode { close() } else { lines.append(line) }
        }
        close()
        return blocks
    }

    /// The first block and those worth most, in their order, with a mark where some are left out.
    private static func chosen(_ blocks: [Block], limit: Int) -> [Block] {
        var isKept = blocks.indices.map { $0 == 0 }
        var room = limit - (blocks.first?.length ?? 0)
        let byWorth = blocks.indices.dropFirst().sorted { (blocks[$0].worth, $1) > (blocks[$1].worth, $0) }
        for place in byWorth where blocks[place].worth > 0 {
            // What leads to a block is nothing without it, and it is less without what leads to it.
            let lead = place > 0 && blocks[place - 1].lines.last?.hasSuffix(":") == true ? place - 1 : place
            let places = (lead...place).filter { !isKept[$0] }
            let length = places.reduce(0) { $0 + blocks[$1].length }
            guard length <= room else { continue }
            room -= length
            for place in places { isKept[place] = true }
        }
        var chosen: [Block] = []
        for place in blocks.indices {
            if isKept[place] {
                chosen.append(blocks[place])
            } else if chosen.last?.lines.last != Substring(gap) {
                chosen.append(Block(lines: [Substring(gap)]))
            }
        }
        return chosen
    }

    /// A long block cut down to the lines worth most and their neighbours; a table keeps its head, code its fences.
    private static func narrowed(_ block: Block, limit: Int, worth: (String) -> Double) -> Block {
        let lines = block.lines
        let head = block.isTable ? 2 : block.isCode ? 1 : 0
        let tail = block.isCode ? 1 : 0
        guard lines.count > head + tail else { return block }
        let inner = head..<(lines.count - tail)
        var isKept = lines.indices.map { !inner.contains($0) }
        var room = limit - block.lines.indices.reduce(0) { isKept[$1] ? $0 + lines[$1].count : $0 }
        let values = lines.map { worth(String($0)) }
        let reach = block.isCode ? 1 : 0
        for place in inner.sorted(by: { (values[$0], $1) > (values[$1], $0) }) {
            let near = (max(inner.lowerBound, place - reach)...min(inner.upperBound - 1, place + reach))
            for place in near where !isKept[place] && lines[place].count < room {
                isKept[place] = true
                room -= lines[place].count + 1
            }
        }
        return Block(lines: kept(lines, isKept, marks: !block.isTable), worth: block.worth)
    }

    private static func kept(_ lines: [Substring], _ isKept: [Bool], marks: Bool) -> [Substring] {
        var kept: [Substring] = []
        for (place, line) in lines.enumerated() {
            if isKept[place] {
                kept.append(line)
            } else if marks, kept.last.map({ $0 != Substring(gap) }) ?? true {
                kept.append(Substring(gap))
            }
        }
        return kept
    }

    /// `[words](target)` as its words: a target within the repository leads nowhere from a chat.
    private static func withoutLinks(_ text: String) -> String {
        var plain = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            guard let close = rest[open...].firstRange(of: "]("),
                let end = rest[close.upperBound...].firstIndex(of: ")"), !rest[open..<end].contains("\n\n")
            else { break }
            plain += rest[..<open] + rest[rest.index(after: open)..<close.lowerBound]
            rest = rest[rest.index(after: end)...]
        }
        return plain + rest
    }
}
