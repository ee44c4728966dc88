extension Multipart {
    /// The boundary that a `Content-Type` announces, quoted or bare.
    package static func boundary(fromContentType contentType: String) throws(Fault) -> String {
        let type = contentType.unicodeScalars.prefix { $0 != ";" }.trimmed.lowercased()
        guard type == "multipart/form-data" else {
            throw Fault(reason: .notMultipart, problem: "The content type is not multipart/form-data.")
        }
        guard let boundary = try Parameters(contentType)["boundary"] else {
            throw .malformed("The content type multipart/form-data has no boundary.")
        }
        guard isBoundary(boundary) else {
            throw .malformed(
                "The boundary must be 1 to 70 letters, digits or '()+_,-./:=? and must not end in a space.")
        }
        return boundary
    }

    /// RFC 2046, section 5.1.1.
    static func isBoundary(_ text: String) -> Bool {
        guard (1...70).contains(text.utf8.count), text.utf8.last != UInt8(ascii: " ") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"):
                true
            default: "'()+_,-./:=? ".utf8.contains(byte)
            }
        }
    }
}
