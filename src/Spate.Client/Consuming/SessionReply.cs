namespace Spate.Client.Consuming;

/// <summary>How a response to a fetch is to be read.</summary>
internal enum SessionReply
{
    /// <summary>It speaks of every partition that was asked for.</summary>
    Whole,

    /// <summary>It speaks of those of which there is something to say.</summary>
    Changes,

    /// <summary>The broker does not know the session, or knows it otherwise: everything has to be asked anew, and nothing else is wrong.</summary>
    AskAnew,

    /// <summary>It is a failure.</summary>
    Failure,
}
