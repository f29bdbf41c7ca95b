using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups;

/// <summary>Why a member is not let do what it asks for.</summary>
internal sealed record Refusal(ErrorCode Error, string Message)
{
    /// <summary>In so many words that an answer can hold them.</summary>
    public string Message { get; } = AnswerText.Fit(Message);
}
