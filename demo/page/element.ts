/** Elements of the page: found, made, and written to only when something is different. */

export function find<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no ${id}`);
  return found as unknown as T;
}

export function create<Name extends keyof HTMLElementTagNameMap>(
  name: Name, properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Live regions are read aloud again for every write, so there must be none without need. */
export function show(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Builds the content anew when `key` is another one than last time. */
export function rebuild(element: HTMLElement, key: unknown, build: () => (Node | string)[]): void {
  const text = JSON.stringify(key);
  if (element.dataset["key"] === text) return;
  element.dataset["key"] = text;
  const { activeElement } = document;
  const focused = activeElement && element.contains(activeElement)
    ? activeElement.getAttribute("data-focus") : null;
  element.replaceChildren(...build());
  if (focused) element.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus();
}

export function toggle(element: Element, name: string, isOn: boolean): void {
  element.classList.toggle(name, isOn);
}
