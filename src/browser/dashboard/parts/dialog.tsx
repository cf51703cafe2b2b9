import type { ComponentChildren, VNode } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

/** A dialog over the page; Esc and what is beside it close it. */
export function Dialog(props: {
  open: boolean;
  title: string;
  close: () => void;
  children: ComponentChildren;
}): VNode {
  const { open, title, close, children } = props;
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null || current.open === open) return;
    if (open) current.showModal();
    else current.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      aria-labelledby={id}
      // The event comes late: by then it may be open for something else.
      onClose={({ currentTarget }) => !currentTarget.open && close()}
      onClick={({ target, currentTarget }) => target === currentTarget && close()}
    >
      <div class="dialog">
        <h2 id={id}>{title}</h2>
        {open && children}
      </div>
    </dialog>
  );
}

/** Asks before something is done that one may not have meant. */
export function Confirm(props: {
  open: boolean;
  title: string;
  confirm: string;
  close: () => void;
  done: () => void;
  children: ComponentChildren;
}): VNode {
  const { open, title, confirm, close, done, children } = props;
  return (
    <Dialog open={open} title={title} close={close}>
      <p>{children}</p>
      <div class="actions">
        <button type="button" onClick={close}>
          Cancel
        </button>
        <button
          type="button"
          class="primary"
          onClick={() => {
            done();
            close();
          }}
        >
          {confirm}
        </button>
      </div>
    </Dialog>
  );
}
