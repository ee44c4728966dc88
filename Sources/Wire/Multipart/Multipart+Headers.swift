import Foundation
import NIOCore

extension Multipart {
    /// Reads a part's header lines, without the blank line that ends them.
    static func part(_ headers: ByteBuffer, limits: Limits) throws -> Part {
        var disposition: Parameters?
        var contentType: String?
        for line in try lines(headers, limits: limits) {
            let (name, value) = try header(line)
            switch name {
            case "content-disposition":
                guard disposition == nil else { throw Fault.malformed("A part has two Content-Disposition headers.") }
                disposition = try Parameters(value)
            case "content-type": contentType = contentType ?? (value.isEmpty ? nil : value)
            default: break
            }
        }
        guard let disposition, disposition.word == "form-data" else {
            throw Fault.malformed("A part has no Content-Disposition: form-data header.")
        }
        guard let name = disposition["name"] else { throw Fault.malformed("A part has no name.") }
        return Part(
            name: unescape(name), filename: try filename(disposition), contentType: contentType ?? "text/plain")
    }

    /// The parser has seen to it that every line ends in CR LF.
    private static func lines(_ headers: ByteBuffer, limits: Limits) throws -> [String] {
        guard let text = String(validating: headers.readableBytesView, as: UTF8.self) else {
            throw Fault.malformed("A part's headers are not UTF-8.")
        }
        let lines = text.unicodeScalars.split(separator: "\r", omittingEmptySubsequences: false)
        guard lines.count <= limits.partHeaderLines else {
            throw Fault.tooLarge("A part has more than \(limits.partHeaderLines) header lines.")
        }
        return try lines.enumerated().map { place, line in
            let line = place == 0 ? line : line.dropFirst()
            guard !line.contains(where: { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }) else {
                throw Fault.malformed("A part's headers hold a control character.")
            }
            return String(line)
        }
    }

    private static func header(_ line: String) throws(Fault) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: ":") else {
            throw Fault.malformed("A part has a header without a colon.")
        }
        let name = line[..<colon]
        guard !name.isEmpty else { throw Fault.malformed("A part has a header without a name.") }
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Fault.malformed("A part has a header whose name holds a space or is folded.")
        }
        return (name.lowercased(), line[line.index(after: colon)...].unicodeScalars.trimmed)
    }

    /// `filename*` must not be sent (RFC 7578, section 4.2) and counts only where it stands alone.
    private static func filename(_ disposition: Parameters) throws(Fault) -> String? {
        if let plain = disposition["filename"] { return base(unescape(plain)) }
        guard let extended = disposition["filename*"] else { return nil }
        let pieces = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard pieces.count == 3, pieces[0].lowercased() == "utf-8",
            let text = pieces[2].removingPercentEncoding
        else { throw Fault.malformed("A part has a filename* that cannot be read.") }
        return base(text)
    }

    /// Browsers write only CR, LF and the quote with percent signs.
    private static func unescape(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        return text.replacingOccurrences(of: "%22", with: "\"")
            .replacingOccurrences(of: "%0D", with: "\r", options: .caseInsensitive)
            .replacingOccurrences(of: "%0A", with: "\n", options: .caseInsensitive)
    }

    /// The last piece of a path, without what a file's name should not hold.
    private static func base(_ path: String) -> String {
        let scalars = path.unicodeScalars
        let start = scalars.lastIndex { $0 == "/" || $0 == "\\" }.map(scalars.index(after:)) ?? scalars.startIndex
        var name = String.UnicodeScalarView()
        name.append(contentsOf: scalars[start...].filter { $0.value >= 0x20 && $0.value != 0x7F })
        let text = String(name)
        return text == "." || text == ".." ? "" : text
    }
}
