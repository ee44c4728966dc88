/// What a model costs, in millionths of a dollar for a million tokens.
package struct ModelPrice: Sendable, Equatable, Codable {
    package var input: Int64
    package var output: Int64
    /// Of input that the model's server had cached; nil where that costs as much as other input.
    package var cachedInput: Int64?
    /// For each request besides, in millionths of a dollar.
    package var request: Int64

    package init(input: Int64, output: Int64, cachedInput: Int64? = nil, request: Int64 = 0) {
        self.input = input
        self.output = output
        self.cachedInput = cachedInput
        self.request = request
    }
}
