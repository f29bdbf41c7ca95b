namespace Spate.Client.Hosting.Consuming;

/// <summary>What becomes of a record of a share group whose handling failed.</summary>
public enum ShareFailureAction
{
    /// <summary>It is delivered again, to this member or another, for as many times as the group allows.</summary>
    Release,

    /// <summary>Nobody is given it again.</summary>
    Reject,

    /// <summary>It counts as handled.</summary>
    Accept,

    /// <summary>The record is released and the service ends with the failure, and the host by its <c>BackgroundServiceExceptionBehavior</c>: it stops, unless told otherwise.</summary>
    Stop,
}
