/// An upload, its bytes kept in the store in chunks so that every server has them.
package struct StoredFile: Sendable, Equatable {
    package var id: ID
    package var account: ID
    package var principal: String
    package var filename: String
    package var mediaType: String
    package var bytes: Int
    package var createdAt: Timestamp
    /// False until its last byte has arrived; such a file does not exist for anyone.
    package var isComplete: Bool

    package init(
        id: ID, account: ID, principal: String, filename: String, mediaType: String,
        bytes: Int, createdAt: Timestamp, isComplete: Bool
    ) {
        self.id = id
        self.account = account
        self.principal = principal
        self.filename = filename
        self.mediaType = mediaType
        self.bytes = bytes
        self.createdAt = createdAt
        self.isComplete = isComplete
    }

    package static let chunkBytes = 256 * 1024

    /// What a model can be given of it.
    package enum Use: Sendable { case text, image }

    /// The type of a file as its sender has it; a plain type is guessed better from the name's ending.
    package static func mediaType(of filename: String, given: String) -> String {
        let (given, plain) = (
            given.lowercased(), ["", "application/octet-stream", "binary/octet-stream", "text/plain"]
        )
        guard plain.contains(given) else { return given }
        let ending = filename.split(separator: ".").last.map { $0.lowercased() } ?? ""
        let known = [
            "md": "text/markdown", "txt": "text/plain", "json": "application/json", "csv": "text/csv",
            "html": "text/html", "xml": "application/xml", "yaml": "application/yaml", "yml": "application/yaml",
            "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
            "pdf": "application/pdf",
        ]
        if sourceEndings.contains(ending) { return "text/plain" }
        return known[ending] ?? (given.isEmpty ? "application/octet-stream" : given)
    }

    /// Of names of program text, and of other plain text.
    private static let sourceEndings = Set(
        """
        adoc bash bat c cc cfg clj conf cpp cs css dart diff env erl ex exs fish go gradle graphql groovy h hcl hpp \
        hs htm ini java jl js jsonl jsx kt kts less lock log lua m mjs ml mm nim patch php pl properties proto ps1 py \
        r rb rs rst sass scala scss sh sql svelte swift tex tf toml ts tsv tsx v vb vue zig zsh
        """.split(separator: " ").map(String.init))

    package var use: Use? { Self.use(of: mediaType) }

    package static func use(of mediaType: String) -> Use? {
        let type = mediaType.lowercased()
        if ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(type) { return .image }
        let texts = ["json", "xml", "yaml", "x-yaml", "csv"].map { "application/" + $0 }
        return type.hasPrefix("text/") || texts.contains(type) || type.hasSuffix("+json") || type.hasSuffix("+xml")
            ? .text : nil
    }
}
