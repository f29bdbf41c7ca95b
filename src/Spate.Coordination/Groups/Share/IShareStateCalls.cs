namespace Spate.Coordination.Groups.Share;

/// <summary>
/// Takes over from the state machine what is to be asked of the keeper of delivery state, and comes back with a command when it is answered. Used in the shard's loop;
/// the call returns at once.
/// </summary>
internal interface IShareStateCalls
{
    void Begin(ShareStateJob job);
}
