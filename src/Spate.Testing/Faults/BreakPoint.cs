namespace Spate.Testing.Faults;

/// <summary>Where a connection is broken off.</summary>
public enum BreakPoint
{
    /// <summary>Before the broker does what was asked: nothing of it happens.</summary>
    BeforeWork,

    /// <summary>When it is done, and before a byte of the reply has left: the client cannot know.</summary>
    AfterWork,

    /// <summary>When it is done and half of the reply has left. Where the client expects no reply, as <see cref="AfterWork"/>.</summary>
    WithinReply,
}
