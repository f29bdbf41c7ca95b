namespace Spate.Protocol.Errors;

/// <summary>Counts error codes.</summary>
public interface IErrorTally
{
    /// <summary>Counts one more; <see cref="ErrorCode.None"/> counts as well.</summary>
    void Add(ErrorCode error);
}
