using Spate.Protocol.Errors;

namespace Spate.Metadata.Control;

/// <summary>Why settings are not changed.</summary>
/// <param name="Error">The code that the protocol has for it.</param>
/// <param name="Message">The cause and the next step, in a sentence.</param>
public readonly record struct ConfigFault(ErrorCode Error, string Message);
