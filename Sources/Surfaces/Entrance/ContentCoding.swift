import Domain
import HTTPTypes
import Hummingbird

/// The coding of a request's body: none is understood, so one that is compressed is refused instead of misread.
enum ContentCoding {
    static let field = "Content-Encoding"

    /// - Throws: `unsupported` for a body in any coding but `identity`.
    static func check(_ request: Request) throws(Refusal) {
        guard hasBody(request) else { return }
        let codings = request.headers[values: .contentEncoding].flatMap { $0.split(separator: ",") }
        for coding in codings.map({ $0.filter { $0 != " " && $0 != "\t" } }) where !coding.isEmpty {
            guard coding.lowercased() == "identity" else {
                throw Refusal(
                    .unsupported, "Send the body as it is: the Content-Encoding “\(coding.prefix(32))” is not taken.",
                    field: field)
            }
        }
    }

    private static func hasBody(_ request: Request) -> Bool {
        request.headers[.transferEncoding] != nil || (request.headers[.contentLength] ?? "0") != "0"
    }
}
